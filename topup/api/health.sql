-- name: worker
-- Whether anything needs a worker, and the seconds since one of name $1 last asked something.
SELECT EXISTS (SELECT FROM gateways_operator o WHERE o.status = 'active' AND o.gateway <> 'instant')
    OR EXISTS (SELECT FROM recharges.errand e) OR EXISTS (SELECT FROM webhooks.endpoint p WHERE p.enabled),
       extract(epoch FROM clock_timestamp() - (
         SELECT max(a.query_start) FROM pg_catalog.pg_stat_activity a WHERE a.application_name = $1))::float8

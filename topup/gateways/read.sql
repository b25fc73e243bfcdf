-- Statements of reading what staff set for the ways to operators.

-- name: read_connections
SELECT c.operator_id, c.gateway, c.configuration, c.secrets, c.max_in_flight, c.allowed_hosts, c.version
  FROM gateways_connection c ORDER BY c.operator_id, c.gateway

-- name: read_connections_of
SELECT c.operator_id, c.gateway, c.configuration, c.secrets, c.max_in_flight, c.allowed_hosts, c.version
  FROM gateways_connection c JOIN gateways_operator o ON o.code = c.operator_id
 WHERE c.operator_id = $1 ORDER BY (c.gateway <> o.gateway), c.gateway

-- name: read_gateways
SELECT o.code, o.gateway FROM gateways_operator o ORDER BY o.code

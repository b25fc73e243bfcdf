-- The deliveries of one event, which a recharge's page shows.

CREATE INDEX delivery_of_event ON webhooks.delivery (seller_id, event_id);

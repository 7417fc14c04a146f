-- migrate:up

SET LOCAL lock_timeout = '5s';
ALTER TABLE refunds ADD COLUMN reason text;

-- migrate:down

SET LOCAL lock_timeout = '5s';
ALTER TABLE refunds DROP COLUMN reason;

-- migrate:up transaction:false

CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_customer_placed_idx
  ON orders (customer_id, placed_at DESC, id DESC);

-- migrate:down transaction:false

DROP INDEX CONCURRENTLY IF EXISTS orders_customer_placed_idx;

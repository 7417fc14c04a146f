-- migrate:up

CREATE EXTENSION IF NOT EXISTS pg_trgm;

ALTER TABLE orders ADD COLUMN customer_email text NOT NULL;

CREATE INDEX orders_customer_email_idx ON orders USING gin (lower(customer_email) gin_trgm_ops);

CREATE TABLE order_exports (
  id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id     uuid        NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE order_export_lines (
  export_id  uuid NOT NULL REFERENCES order_exports (id),
  order_id   uuid NOT NULL REFERENCES orders (id),
  PRIMARY KEY (export_id, order_id)
);

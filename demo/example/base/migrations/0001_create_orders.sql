-- migrate:up

CREATE TABLE products (
  sku               text    PRIMARY KEY,
  price_cents       integer NOT NULL CHECK (price_cents >= 0),
  tax_basis_points  integer NOT NULL CHECK (tax_basis_points >= 0)
);

CREATE TABLE orders (
  id           uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
  number       text        NOT NULL UNIQUE,
  customer_id  uuid        NOT NULL,
  status       text        NOT NULL DEFAULT 'placed'
                           CHECK (status IN ('placed', 'paid', 'shipped', 'cancelled')),
  currency     char(3)     NOT NULL DEFAULT 'EUR',
  total_cents  integer     NOT NULL CHECK (total_cents >= 0),
  placed_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE order_items (
  order_id          uuid    NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
  position          integer NOT NULL,
  sku               text    NOT NULL,
  quantity          integer NOT NULL CHECK (quantity > 0),
  unit_price_cents  integer NOT NULL CHECK (unit_price_cents >= 0),
  tax_basis_points  integer NOT NULL CHECK (tax_basis_points >= 0),
  PRIMARY KEY (order_id, position)
);

CREATE TABLE refunds (
  id            uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
  order_id      uuid        NOT NULL REFERENCES orders (id),
  amount_cents  integer     NOT NULL CHECK (amount_cents > 0),
  refunded_at   timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX refunds_order_id_idx ON refunds (order_id);

CREATE TABLE idempotency_keys (
  customer_id  uuid        NOT NULL,
  key          text        NOT NULL,
  order_id     uuid        NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (customer_id, key)
);

CREATE SEQUENCE order_numbers START 100000;

-- migrate:down

DROP SEQUENCE order_numbers;
DROP TABLE idempotency_keys;
DROP TABLE refunds;
DROP TABLE order_items;
DROP TABLE orders;
DROP TABLE products;

ALTER TABLE carts ADD COLUMN discount smallint CHECK (discount BETWEEN 0 AND 100);

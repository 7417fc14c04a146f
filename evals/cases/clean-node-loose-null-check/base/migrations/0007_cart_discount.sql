ALTER TABLE carts ADD CONSTRAINT discount_in_percent CHECK (
  jsonb_typeof(document -> 'discount') IS DISTINCT FROM 'object'
  OR (document #>> '{discount,percent}')::int BETWEEN 0 AND 100
);

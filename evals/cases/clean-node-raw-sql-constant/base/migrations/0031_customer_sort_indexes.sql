CREATE INDEX CONCURRENTLY customers_by_name ON customers (tenant_id, name, id);
CREATE INDEX CONCURRENTLY customers_by_city ON customers (tenant_id, city, id);
CREATE INDEX CONCURRENTLY customers_by_created ON customers (tenant_id, created_at, id);

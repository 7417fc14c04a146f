-- All three columns are NOT NULL since V3.
CREATE INDEX CONCURRENTLY customers_search ON customers
  USING gin ((name || ' ' || email || ' ' || number) gin_trgm_ops);

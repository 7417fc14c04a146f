package com.example.tax;

/** The tax service; connect and read time out after two seconds. */
public interface TaxSource {

    /** @throws TaxSourceException when it cannot be read */
    TaxTable load();
}

package com.example.tax;

import java.math.BigDecimal;
import java.util.Map;

public record TaxTable(Map<String, BigDecimal> rateByCode) {

    public TaxTable {
        rateByCode = Map.copyOf(rateByCode);
    }
}

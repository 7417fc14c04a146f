package com.example.suppliers;

public record SupplierRow(int line, String name, String vatId, String street, String city) {

    Supplier toSupplier() {
        return new Supplier(null, name, vatId);
    }

    Address toAddress(long supplierId) {
        return new Address(null, supplierId, street, city);
    }
}

package com.example.suppliers;

import java.util.List;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
public class SupplierImport {

    private final SupplierRepository suppliers;
    private final AddressRepository addresses;

    SupplierImport(SupplierRepository suppliers, AddressRepository addresses) {
        this.suppliers = suppliers;
        this.addresses = addresses;
    }

    @Transactional
    public ImportResult run(List<SupplierRow> rows) {
        for (SupplierRow row : rows) {
            Supplier supplier = suppliers.save(row.toSupplier());
            addresses.save(row.toAddress(supplier.id()));
        }
        return new ImportResult(rows.size(), List.of());
    }
}

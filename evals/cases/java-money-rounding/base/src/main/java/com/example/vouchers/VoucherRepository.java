package com.example.vouchers;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
public class VoucherRepository {

    private final JdbcClient jdbc;

    VoucherRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Amounts are numeric(12,2). */
    public Optional<Voucher> find(String code) {
        return jdbc.sql("SELECT code, amount, uses_left FROM vouchers WHERE code = :code")
                .param("code", code)
                .query(Voucher.class)
                .optional();
    }
}

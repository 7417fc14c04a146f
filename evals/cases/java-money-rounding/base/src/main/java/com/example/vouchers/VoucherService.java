package com.example.vouchers;

import java.math.BigDecimal;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
public class VoucherService {

    private final VoucherRepository vouchers;

    VoucherService(VoucherRepository vouchers) {
        this.vouchers = vouchers;
    }

    @Transactional
    public BigDecimal redeem(String code, BigDecimal total) {
        Voucher voucher = vouchers.find(code).orElseThrow(() -> new VoucherRefused("unknown"));
        return total.subtract(voucher.amount()).max(BigDecimal.ZERO);
    }
}

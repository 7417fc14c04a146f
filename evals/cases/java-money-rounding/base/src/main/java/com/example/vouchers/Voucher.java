package com.example.vouchers;

import java.math.BigDecimal;

public record Voucher(String code, BigDecimal amount, int usesLeft) {
}

package com.example.orders;

import java.time.Clock;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
public class PaymentService {

    private final OrderRepository orders;
    private final LedgerRepository ledger;
    private final Clock clock;

    PaymentService(OrderRepository orders, LedgerRepository ledger, Clock clock) {
        this.orders = orders;
        this.ledger = ledger;
        this.clock = clock;
    }

    @Transactional
    public void paid(UUID orderId, String paymentId, long cents) {
        Order order = orders.lock(orderId);
        if (order.isPaid()) {
            return;
        }
        orders.markPaid(orderId, paymentId, clock.instant());
        ledger.book(orderId, cents, clock.instant());
    }
}

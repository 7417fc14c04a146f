package com.example.shop;

import java.time.Clock;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
public class OrderService {

    private final OrderRepository orders;
    private final StockRepository stock;
    private final PaymentGateway payments;
    private final InvoiceRenderer invoices;
    private final Mailer mailer;
    private final ShippingLabels labels;
    private final FraudRules fraud;
    private final Clock clock;

    OrderService(OrderRepository orders, StockRepository stock, PaymentGateway payments, InvoiceRenderer invoices,
            Mailer mailer, ShippingLabels labels, FraudRules fraud, Clock clock) {
        this.orders = orders;
        this.stock = stock;
        this.payments = payments;
        this.invoices = invoices;
        this.mailer = mailer;
        this.labels = labels;
        this.fraud = fraud;
        this.clock = clock;
    }

    @Transactional
    public Order place(Cart cart) {
        fraud.check(cart);
        stock.reserve(cart.lines());
        return orders.save(Order.of(cart, clock.instant()));
    }

    public void sendInvoice(UUID orderId) {
        Order order = orders.get(orderId);
        mailer.send(order.email(), "Your invoice", invoices.pdf(order));
    }

    public byte[] label(UUID orderId) {
        return labels.forOrder(orders.get(orderId));
    }

    public void refund(UUID orderId) {
        payments.refund(orders.get(orderId).paymentId());
    }
}

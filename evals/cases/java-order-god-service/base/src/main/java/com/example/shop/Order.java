package com.example.shop;

import java.time.Instant;
import java.util.UUID;

public record Order(UUID id, UUID customerId, String email, String paymentId, long totalCents, Instant placedAt) {

    static Order of(Cart cart, Instant now) {
        return new Order(UUID.randomUUID(), cart.customerId(), cart.email(), cart.paymentId(), cart.totalCents(), now);
    }
}

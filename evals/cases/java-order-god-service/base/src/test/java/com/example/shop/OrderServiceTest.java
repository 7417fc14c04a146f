package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OrderServiceTest {

    @Test
    void placesAnOrder() {
        OrderService service = Fixtures.orderService();
        assertThat(service.place(Fixtures.cart(2500)).totalCents()).isEqualTo(2500);
    }
}

package com.example.orders;

import java.util.List;
import java.util.UUID;
import org.springframework.data.domain.PageRequest;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
public class OrderOverview {

    private static final int PAGE_SIZE = 50;

    private final OrderRepository orders;

    OrderOverview(OrderRepository orders) {
        this.orders = orders;
    }

    public record Row(UUID id, String number) {
    }

    @Transactional(readOnly = true)
    public List<Row> page(UUID shopId, int page) {
        return orders.findByShopIdOrderByPlacedAtDescIdDesc(shopId, PageRequest.of(page, PAGE_SIZE))
                .map(order -> new Row(order.getId(), order.getNumber()))
                .getContent();
    }
}

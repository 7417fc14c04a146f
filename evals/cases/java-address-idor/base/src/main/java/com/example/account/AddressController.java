package com.example.account;

import java.util.List;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/addresses")
public class AddressController {

    private final AddressRepository addresses;

    AddressController(AddressRepository addresses) {
        this.addresses = addresses;
    }

    @GetMapping
    List<AddressView> list(@AuthenticationPrincipal Customer customer) {
        return addresses.findByCustomerId(customer.id()).stream().map(AddressView::of).toList();
    }
}

package com.example.crm;

import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.validation.annotation.Validated;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@Validated
@RestController
public class CustomerController {

    private final CustomerRepository customers;

    CustomerController(CustomerRepository customers) {
        this.customers = customers;
    }

    @GetMapping("/v1/customers/{number}")
    CustomerView show(@PathVariable String number, @AuthenticationPrincipal Agent agent) {
        return customers.findByTenantIdAndNumber(agent.tenantId(), number)
                .map(CustomerView::of)
                .orElseThrow(CustomerNotFound::new);
    }
}

package com.example.account;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

public record AddressInput(
        @NotBlank @Size(max = 100) String name,
        @NotBlank @Size(max = 120) String street,
        @NotBlank @Size(max = 12) String postcode,
        @NotBlank @Size(max = 80) String city) {
}

package com.example.parcels;

import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

@Validated
@ConfigurationProperties("carrier")
public record CarrierProperties(@NotBlank String baseUrl, @NotBlank String token, Duration timeout) {
}

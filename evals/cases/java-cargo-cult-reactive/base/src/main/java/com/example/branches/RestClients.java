package com.example.branches;

import java.time.Duration;
import org.springframework.boot.web.client.ClientHttpRequestFactories;
import org.springframework.boot.web.client.ClientHttpRequestFactorySettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

@Configuration
public class RestClients {

    /** Blocking, as the whole application is (Spring MVC). */
    @Bean
    RestClient branchService(RestClient.Builder builder, BranchServiceProperties properties) {
        var settings = ClientHttpRequestFactorySettings.DEFAULTS
                .withConnectTimeout(Duration.ofSeconds(1))
                .withReadTimeout(Duration.ofSeconds(2));
        return builder.baseUrl(properties.url()).requestFactory(ClientHttpRequestFactories.get(settings)).build();
    }
}

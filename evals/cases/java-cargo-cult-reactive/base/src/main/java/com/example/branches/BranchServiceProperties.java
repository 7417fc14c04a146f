package com.example.branches;

import org.springframework.boot.context.properties.ConfigurationProperties;

@ConfigurationProperties("branch-service")
public record BranchServiceProperties(String url) {
}

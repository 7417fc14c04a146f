package com.example.tax;

public class TaxSourceException extends RuntimeException {

    public TaxSourceException(String message, Throwable cause) {
        super(message, cause);
    }
}

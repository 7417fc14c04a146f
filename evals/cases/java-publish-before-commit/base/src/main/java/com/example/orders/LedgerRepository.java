package com.example.orders;

import java.time.Instant;
import java.util.UUID;

public interface LedgerRepository {

    /** The balance of the day is checked by a deferred constraint, when the transaction commits. */
    void book(UUID orderId, long cents, Instant at);
}

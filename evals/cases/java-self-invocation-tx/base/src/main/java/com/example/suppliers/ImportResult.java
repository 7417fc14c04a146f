package com.example.suppliers;

import java.util.List;

public record ImportResult(int imported, List<RefusedRow> refused) {

    public record RefusedRow(int line, String reason) {
    }
}

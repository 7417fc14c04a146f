package com.example.booking.account;

import java.security.Principal;
import java.util.UUID;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;

@Controller
public class CancellationController {

    private final Bookings bookings;

    CancellationController(Bookings bookings) {
        this.bookings = bookings;
    }

    @PostMapping("/account/bookings/{id}/cancellation")
    String cancel(@PathVariable UUID id, Principal guest) {
        bookings.cancel(id, guest.getName());
        return "redirect:/account/bookings";
    }
}

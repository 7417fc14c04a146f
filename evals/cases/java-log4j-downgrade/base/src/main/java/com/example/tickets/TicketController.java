package com.example.tickets;

import jakarta.validation.Valid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
public class TicketController {

    private static final Logger log = LoggerFactory.getLogger(TicketController.class);

    private final TicketDesk desk;

    TicketController(TicketDesk desk) {
        this.desk = desk;
    }

    @PostMapping("/v1/tickets")
    @ResponseStatus(HttpStatus.CREATED)
    TicketView create(@Valid @RequestBody NewTicket ticket) {
        log.info("ticket opened, subject {}", ticket.subject());
        return desk.open(ticket);
    }
}

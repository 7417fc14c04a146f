package com.example.booking.widget;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

@Controller
public class WidgetController {

    private final HotelDirectory hotels;

    WidgetController(HotelDirectory hotels) {
        this.hotels = hotels;
    }

    @GetMapping("/widget/{hotel}")
    String show(@PathVariable String hotel, Model model) {
        model.addAttribute("hotel", hotels.bySlug(hotel));
        return "widget";
    }
}

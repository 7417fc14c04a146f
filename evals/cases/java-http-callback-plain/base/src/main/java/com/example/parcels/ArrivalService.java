package com.example.parcels;

import org.springframework.stereotype.Service;

@Service
public class ArrivalService {

    private final ParcelRepository parcels;

    ArrivalService(ParcelRepository parcels) {
        this.parcels = parcels;
    }

    public void arrived(String number) {
        parcels.markArrived(number);
    }
}

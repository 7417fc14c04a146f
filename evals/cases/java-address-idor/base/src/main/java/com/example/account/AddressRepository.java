package com.example.account;

import java.util.List;
import java.util.Optional;
import org.springframework.data.repository.CrudRepository;

public interface AddressRepository extends CrudRepository<Address, Long> {

    List<Address> findByCustomerId(long customerId);

    Optional<Address> findByIdAndCustomerId(long id, long customerId);
}

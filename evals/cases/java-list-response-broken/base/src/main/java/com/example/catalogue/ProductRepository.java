package com.example.catalogue;

import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

public interface ProductRepository extends JpaRepository<Product, Long> {

    @Query("select new com.example.catalogue.ProductView(p.sku, p.name, p.priceCents) from Product p order by p.name, p.sku")
    List<ProductView> findAllViews();
}

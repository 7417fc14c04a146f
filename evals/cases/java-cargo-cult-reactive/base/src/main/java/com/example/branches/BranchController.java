package com.example.branches;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
public class BranchController {

    private final BranchRepository branches;

    BranchController(BranchRepository branches) {
        this.branches = branches;
    }

    @GetMapping("/v1/branches/{id}")
    BranchView show(@PathVariable long id) {
        return branches.findById(id).map(BranchView::of).orElseThrow(BranchNotFound::new);
    }
}

module example.com/teams

go 1.24

require golang.org/x/sync v0.12.0

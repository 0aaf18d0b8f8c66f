module spane-extender

go 1.19

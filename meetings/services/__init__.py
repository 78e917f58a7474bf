"""What people do with meetings: plan, invite, prepare, run, record. One file per theme."""

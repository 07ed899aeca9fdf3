"""The servers Spekty needs, embedded: started on demand on one machine, shared by every process."""

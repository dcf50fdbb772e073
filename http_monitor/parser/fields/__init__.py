"""What the texts of fields mean: times, durations, hosts, requests, alone and in columns."""

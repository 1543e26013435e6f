"""The bridge of pagetls: websockify with an access policy and a relay of its own."""

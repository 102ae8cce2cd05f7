"""What every part of the window stands on."""

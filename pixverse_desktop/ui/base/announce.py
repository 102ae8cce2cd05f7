"""What a screen reader says although nothing that has the keyboard changed, such as a clip that
is there."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def announce(place: QWidget, sentence: str) -> None:
    """Have it said once, after what is being said; ``place`` is where it can be read. Nothing where
    no reader listens, or where it cannot be seen either."""
    if sentence and place.window().isVisible() and QAccessible.isActive():
        say(place if place.isVisible() else place.window(), sentence)


def say(place: QWidget, sentence: str) -> None:
    """Hand a sentence to the desktop's screen reader."""
    event = QAccessibleAnnouncementEvent(place, sentence)
    event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
    QAccessible.updateAccessibility(event)

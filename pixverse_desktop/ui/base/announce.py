"""What a screen reader says although nothing that has the keyboard changed, such as a clip that
is there."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def announce(place: QWidget, sentence: str) -> None:
    """Have it said once, after what is being said; ``place`` is where it can be read. Nothing where
    no reader listens, or where it cannot be seen either."""
    if not sentence or not place.window().isVisible():
        return
    from PySide6.QtGui import QAccessible  # not before the window is shown: it takes long to make

    if QAccessible.isActive():
        say(place if place.isVisible() else place.window(), sentence)


def say(place: QWidget, sentence: str) -> None:
    """Hand a sentence to the desktop's screen reader."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    event = QAccessibleAnnouncementEvent(place, sentence)
    event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
    QAccessible.updateAccessibility(event)

"""What connectors say about answering, so that it can be translated: they speak German and know no catalogue."""

from __future__ import annotations


def _l(german: str) -> str:
    """Mark a sentence for the catalogue; it is translated where it is shown."""
    return german


SAID = (
    _l(
        "X lässt über die Schnittstelle nur Antworten auf Beiträge zu, deren Verfasser uns erwähnt oder zitiert. "
        "Möglich ist eine Direktnachricht oder die Antwort auf X selbst."
    ),
    _l("Diese Nachricht ist verschlüsselt; nur die App von X kann sie lesen und beantworten."),
    _l("Auf X gehen nur Bilder (JPG, PNG, WEBP, GIF)."),
    _l("Das ist eine Gruppe: Die Antwort lesen alle, die darin sind."),
    _l("X hat uns nicht gesagt, wer das geschrieben hat."),
    _l("Auf Messenger muss die Kundin oder der Kunde zuerst schreiben; eine private Antwort genügt nicht."),
    _l("Seit über 7 Tagen hat niemand geschrieben: Hier geht nichts mehr, aber E-Mail oder Telefon."),
    _l("Die 24 Stunden sind um: Bis zum siebten Tag geht nur noch, was ein Mensch selbst schreibt."),
    _l("Auf diesen Kommentar wurde schon privat geantwortet; das geht nur einmal."),
    _l("Hierauf lässt Facebook keine private Antwort zu, nur eine öffentliche."),
    _l("Privat lässt sich auf einen Kommentar nur 7 Tage lang antworten."),
    _l("Es gibt keinen Kommentar, auf den wir antworten könnten."),
    _l("Die Rufnummer ist unterdrückt: Ein Rückruf ist nicht möglich."),
)
"""The sentences of our own connectors; another one's stay as they are. Only the catalogue reads them here."""

"""Print the words of every connector's form as a program that the collector of texts can read."""

from channels.registry import connectors, form_of

for kind in connectors():
    for text in form_of(kind).words:
        print(f"_({text!r})")

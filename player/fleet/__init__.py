"""This player among others: hears the centre's hints and orders by a broker (MQTT), and says how it is.

The signed feed, pulled by HTTPS, is the truth. What comes this way makes it faster, and changes no picture: without a broker, or
with one that lies, no wall looks different.
"""

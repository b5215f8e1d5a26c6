"""People: who may use the console, how they prove it, and for how long that counts.

`gate` is the door that everything else knocks at; `register` is who there is, `founding` how the first comes in, `answers` what
they are told. `roles`, `names`, `passwords`, `sessions` and `codes` decide, and are pure; `attempts` and `hashing` keep work that
costs much within bounds; `store` is the file and `rows` what is in it.
"""

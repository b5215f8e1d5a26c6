"""The GPU renderer (moderngl, OpenGL 3.3 core): what the CPU prepared becomes textures, and frames are put together from them.

context: OpenGL without a window, and whether a real GPU is behind it; sdl: that of windows, and of one that nobody sees.
textures: the queue by which prepared pixels reach the GPU ahead of their scene.
passes, shaders: how anything is drawn, and the programs that do it.
pictures: a prepared composition as textures; planes: its ground, figures and scrims put together as luma and chroma.
canvas: planes mixed and converted, ink on top; renderer: all of that as a `Renderer`, and straight onto outputs.
mapping: one output, from the canvas to a window's pixels; measure: its light before it is shown.
probe: notices when the GPU no longer draws what it was told.
"""

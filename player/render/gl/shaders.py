"""Every program that the GPU runs: GLSL 3.30.

Pixels of a target are counted from its first row in memory, which is the top of the picture: ``gl_FragCoord`` is a place in
canvas pixels as everywhere in this project, centres at +0.5. Only a window has its first row at the bottom.
Light is encoded and decoded here (IEC 61966-2-1): framebuffers that would do it by themselves are unreliable.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from player.render.flame import AMBER, AMBER_AT, BEND, FULL, INK, INK_FROM, INK_SHARE, INK_TO, NIGHT
from player.units import Colour

HEAD: Final = "#version 330 core\nprecision highp float;\n"

QUAD: Final = (
    HEAD
    + """
uniform vec4 box;     // left, top, right, bottom, in pixels of the target
uniform vec2 target;  // its size
void main() {
    vec2 at = vec2((gl_VertexID & 1) == 0 ? box.x : box.z, (gl_VertexID & 2) == 0 ? box.y : box.w);
    gl_Position = vec4(at / target * 2.0 - 1.0, 0.0, 1.0);
}
"""
)

LAY: Final = (
    HEAD
    + """
// Pixels as they are, at a place of whole pixels.
uniform sampler2D pixels;
uniform vec2 place;      // where the first of them lies
uniform float strength;
out vec4 colour;
void main() { colour = texelFetch(pixels, ivec2(gl_FragCoord.xy - place), 0) * strength; }
"""
)

FIGURE: Final = (
    HEAD
    + """
// A photo at a place between pixels; a pixel that its edge crosses gets as much of it as it covers.
uniform sampler2D pixels;
uniform vec4 edges;   // left, top, right, bottom; beyond the target where they touch its own
uniform vec4 sight;   // of the target's first corner: a place in the texture, 0 to 1; and how far a pixel is there
uniform float opacity;
out vec4 colour;
void main() {
    vec2 at = gl_FragCoord.xy;
    vec2 cover = clamp(min(at + 0.5, edges.zw) - max(at - 0.5, edges.xy), 0.0, 1.0);
    colour = vec4(texture(pixels, sight.xy + at * sight.zw).rgb, cover.x * cover.y * opacity);
}
"""
)

TILES: Final = (
    HEAD
    + """
uniform vec2 target;
in vec4 box;
in float opacity;
flat out float seen;
void main() {
    vec2 at = vec2((gl_VertexID & 1) == 0 ? box.x : box.z, (gl_VertexID & 2) == 0 ? box.y : box.w);
    gl_Position = vec4(at / target * 2.0 - 1.0, 0.0, 1.0);
    seen = opacity;
}
"""
)

TILE: Final = (
    HEAD
    + """
// Of a picture that lies where it belongs, one tile, as far as it has appeared.
uniform sampler2D pixels;
flat in float seen;
out vec4 colour;
void main() { colour = vec4(texelFetch(pixels, ivec2(gl_FragCoord.xy), 0).rgb, seen); }
"""
)

LIGHT: Final = """
vec3 light_of(vec3 code) {
    return mix(code / 12.92, pow((code + 0.055) / 1.055, vec3(2.4)), step(0.04045, code));
}
vec3 code_of(vec3 light) {
    return mix(light * 12.92, 1.055 * pow(light, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, light));
}
"""

_RGB: Final = """
vec3 rgb(float luma, vec2 chroma) {  // BT.601, studio range, with the coefficients of OpenCV
    float y = max(0.0, luma * 255.0 - 16.0) * 1.1640034;
    vec2 c = chroma * 255.0 - 128.0;
    vec3 found = vec3(y + 1.5960064 * c.y, y - 0.3909988 * c.x - 0.8129997 * c.y, y + 2.0179996 * c.x);
    return clamp(found / 255.0, 0.0, 1.0);
}
"""


@cache
def mixing(layers: int, *, linear: bool) -> str:
    """Return the program that mixes so many *layers* of planes by their shares, and converts: encoded, or in linear light."""
    inputs = "".join(f"uniform sampler2D luma{k}, chroma{k};\nuniform float share{k};\n" for k in range(layers))
    lumas = [f"texelFetch(luma{k}, at, 0).r" for k in range(layers)]
    chromas = [f"texelFetch(chroma{k}, at / 2, 0).rg" for k in range(layers)]
    if linear and layers > 1:
        terms = (f"share{k} * light_of(rgb({lumas[k]}, {chromas[k]}))" for k in range(layers))
        body = f"code_of({' + '.join(terms)})"
    else:
        luma = " + ".join(f"share{k} * {lumas[k]}" for k in range(layers))
        chroma = " + ".join(f"share{k} * {chromas[k]}" for k in range(layers))
        body = f"rgb({luma}, {chroma})"
    main = f"void main() {{ ivec2 at = ivec2(gl_FragCoord.xy); colour = vec4({body}, 1.0); }}\n"
    return f"{HEAD}{inputs}out vec4 colour;\n{LIGHT}{_RGB}{main}"


@cache
def flame() -> str:
    """Return the program that bends a flame and turns its light into colour: `player.render.flame` in GLSL."""

    def vec3(colour: Colour) -> str:
        return f"vec3({', '.join(f'{part}.0' for part in colour)}) / 255.0"

    return f"""{HEAD}
uniform sampler2D body, halo;
uniform vec2 place;    // of the box's first pixel
uniform vec2 foot;     // of the flame, on the canvas
uniform float height;
uniform vec2 corner;   // where its foot is in its body
uniform vec3 bend;     // lean, curl, stretch
uniform float light;
uniform float strength;
out vec4 colour;

float body_at(ivec2 at) {{
    return texelFetch(body, clamp(at, ivec2(0), textureSize(body, 0) - 1), 0).r;  // nothing on its edges
}}

void main() {{
    vec2 off = vec2(gl_FragCoord.x - foot.x, foot.y - gl_FragCoord.y) / height;
    float up = max(off.y, 0.0);
    off.x -= up * up * (bend.x + bend.y * (1.0 - up));
    vec2 at = vec2(corner.x + off.x * bend.z * height, corner.y - off.y / bend.z * height) - 0.5;
    ivec2 first = ivec2(floor(at));
    vec2 share = at - floor(at);
    float field = mix(mix(body_at(first), body_at(first + ivec2(1, 0)), share.x),
                      mix(body_at(first + ivec2(0, 1)), body_at(first + ivec2(1, 1)), share.x), share.y);
    field += texelFetch(halo, ivec2(gl_FragCoord.xy - place), 0).r;
    float i = field * 65535.0 / {FULL}.0 * light;
    float way = i / {AMBER_AT};
    float over = clamp(way - {1 - BEND}, 0.0, {2 * BEND});
    float eased = min(way, {1 + BEND}) - over * over / {4 * BEND};
    vec3 night = {vec3(NIGHT)}, amber = {vec3(AMBER)}, ink = {vec3(INK)};
    vec3 added = (amber - night) * eased + (ink - amber) * {INK_SHARE} * smoothstep({INK_FROM}, {INK_TO}, i);
    colour = vec4(added * strength, 0.0);
}}
"""


BGRA: Final = (
    HEAD
    + """
uniform sampler2D pixels;
out vec4 colour;
void main() { colour = vec4(texelFetch(pixels, ivec2(gl_FragCoord.xy), 0).bgr, 1.0); }
"""
)

DECODE: Final = (
    HEAD
    + LIGHT
    + """
uniform sampler2D pixels;
out vec4 colour;
void main() { colour = vec4(light_of(texelFetch(pixels, ivec2(gl_FragCoord.xy), 0).rgb), 1.0); }
"""
)

_OUTPUT: Final = (
    HEAD
    + LIGHT
    + """
uniform sampler2D canvas;    // its light
uniform sampler2D sampling;  // for each pixel of the output its place on the canvas
uniform sampler2D factors;   // how much of the canvas's light it gives, and how much is added
uniform vec3 gain;           // of each channel: the output's own, the wall's dimming, and its white balance
uniform vec3 lift;           // what the offset is multiplied by: its white balance
uniform float level;         // of all light: the governor's, and the way to dark and back

vec3 texel(ivec2 at, ivec2 last) { return texelFetch(canvas, clamp(at, ivec2(0), last), 0).rgb; }

// Between four pixels, of whose light it is a mean: half of a white letter's edge is half its light. In full precision, because
// samplers of GPUs know 256 steps from one pixel to the next.
vec3 canvas_at(vec2 place) {
    ivec2 size = textureSize(canvas, 0);
    if (place.x < -0.5 || place.y < -0.5 || place.x > float(size.x) + 0.5 || place.y > float(size.y) + 0.5) return vec3(0.0);
    vec2 at = place - 0.5;
    ivec2 first = ivec2(floor(at)), last = size - 1;
    vec2 share = at - floor(at);
    if (share == vec2(0.0)) return texel(first, last);
    return mix(mix(texel(first, last), texel(first + ivec2(1, 0), last), share.x),
               mix(texel(first + ivec2(0, 1), last), texel(first + ivec2(1, 1), last), share.x), share.y);
}

vec3 output_light(ivec2 at) {
    vec2 factor = texelFetch(factors, at, 0).rg;
    if (factor.x == 0.0 && factor.y == 0.0) return vec3(0.0);
    vec3 light = canvas_at(texelFetch(sampling, at, 0).rg);
    return (light * factor.x * gain + factor.y * lift) * level;  // not cut off yet: what is dimmed may be brightened first
}
"""
)

_PLACE: Final = """
uniform ivec2 origin;  // where in the target's memory the output's first pixel lies
uniform int height;    // of an output whose first row is at the bottom there, as in a window; 0: it is at the top

ivec2 pixel() {
    ivec2 at = ivec2(gl_FragCoord.xy) - origin;
    return height > 0 ? ivec2(at.x, height - 1 - at.y) : at;
}
"""

PUT: Final = (
    HEAD
    + _PLACE
    + """
// Pixels of an output as they are.
uniform sampler2D pixels;
out vec4 colour;
void main() { colour = vec4(texelFetch(pixels, pixel(), 0).rgb, 1.0); }
"""
)

FINISH: Final = (
    _OUTPUT
    + _PLACE
    + """
uniform vec3 gamma;     // of each channel; 0: the curve of sRGB
uniform float shade;    // what is left of the codes, where a display is dimmed as by its own control
uniform float dither;   // 1, or 0
uniform uint seed;
out vec4 colour;

uvec3 mixed(uvec3 v) {  // pcg3d, M. Jarzynski and M. Olano, Hash Functions for GPU Rendering, JCGT 9 (3), 2020
    v = v * 1664525u + 1013904223u;
    v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
    v ^= v >> 16u;
    v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
    return v;
}

vec3 noise(ivec2 at) {  // triangular, -1 to 1
    vec3 one = vec3(mixed(uvec3(uvec2(at), seed * 2u)) >> 8u), two = vec3(mixed(uvec3(uvec2(at), seed * 2u + 1u)) >> 8u);
    return (one + two) / 16777216.0 - 1.0;
}

// Within half a code of black and white noise would be cut off: what is dithered there is such that the mean is right all the
// same, and black stays black.
vec3 steady(vec3 code) {
    vec3 low = sqrt(2.0 * min(code, 0.5)) - 0.5, high = 255.5 - sqrt(2.0 * min(255.0 - code, 0.5));
    return mix(mix(code, high, step(254.5, code)), low, step(code, vec3(0.5)));
}

void main() {
    ivec2 at = pixel();
    vec3 light = clamp(output_light(at), 0.0, 1.0);
    vec3 code = mix(code_of(light), pow(light, 1.0 / max(gamma, vec3(0.01))), step(0.01, gamma));
    code = clamp(255.0 * code, 0.0, 255.0) * shade;
    if (dither > 0.0) code = steady(code) + noise(at);
    colour = vec4(clamp(floor(code + 0.5), 0.0, 255.0) / 255.0, 1.0);
}
"""
)

BLOCK: Final = (
    _OUTPUT
    + """
// One pixel for a block of the output's: their mean light, and how much of the block lies on the output.
uniform int block;
uniform ivec2 extent;  // of the output
out vec4 colour;
void main() {
    ivec2 first = ivec2(gl_FragCoord.xy) * block, end = min(first + block, extent);
    vec4 sum = vec4(0.0);
    for (int y = first.y; y < end.y; y++)
        for (int x = first.x; x < end.x; x++) sum += vec4(output_light(ivec2(x, y)), 1.0);
    colour = sum / float(block * block);
}
"""
)

MEAN: Final = (
    HEAD
    + """
// The mean of each of so many strips along one axis.
uniform sampler2D pixels;
uniform int strips;
uniform int axis;    // 0: across, 1: down
uniform vec2 place;  // of the first in the target
out vec4 colour;
int edge(int strip, int whole) { return int(roundEven(float(strip * whole) / float(strips))); }
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy - place);
    int whole = textureSize(pixels, 0)[axis];
    int first = edge(at[axis], whole), last = max(first + 1, edge(at[axis] + 1, whole));
    vec4 sum = vec4(0.0);
    for (int k = first; k < last; k++) {
        at[axis] = k;
        sum += texelFetch(pixels, at, 0);
    }
    colour = sum / float(last - first);
}
"""
)

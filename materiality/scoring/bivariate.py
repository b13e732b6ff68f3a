"""Distribution functions of the normal and of the bivariate normal distribution."""

import math

import numpy as np

NODES, WEIGHTS = np.polynomial.legendre.leggauss(128)
SMALLEST_ANGLE = 1e-8


def normal_cdf(x: np.ndarray) -> np.ndarray:
    """Φ(x), elementwise."""
    x = np.asarray(x, dtype=float)
    return np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in x.ravel()]).reshape(x.shape)


def bivariate_normal_cdf(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """P(X <= h, Y <= k) of standard normals with correlation `rho`, elementwise on [N]; good to about 1e-8.

    For ρ >= 0 it is Φ(h) Φ(k) plus 1/2π times the integral, over angles φ from arccos ρ to π/2, of
    exp(−(h² + k² − 2 h k cos φ) / (2 sin² φ)) (Plackett's identity). Towards φ = 0 the integrand changes by orders of
    magnitude of φ, so the quadrature runs over log φ. For ρ < 0, P(X <= h, Y <= k) = Φ(h) − P(X <= h, −Y < −k).
    """
    h, k, rho = (np.atleast_1d(np.asarray(each, dtype=float)) for each in (h, k, rho))
    sign = np.where(rho < 0, -1.0, 1.0)
    first = np.maximum(np.arccos(np.clip(np.abs(rho), 0, 1)), SMALLEST_ANGLE)
    half = (math.log(math.pi / 2) - np.log(first)) / 2
    angle = first[:, None] * np.exp(half[:, None] * (NODES + 1))
    other = sign * k
    # (h² + k² − 2hk cos φ) / (2 sin² φ), written so that it stays exact for small φ
    power = ((h - other) ** 2)[:, None] / (2 * np.sin(angle) ** 2) + (h * other)[:, None] / (1 + np.cos(angle))
    integral = half * ((np.exp(-power) * angle) @ WEIGHTS) / (2 * math.pi)
    joint = normal_cdf(h) * normal_cdf(other) + integral
    return np.clip(np.where(sign > 0, joint, normal_cdf(h) - joint), 0, 1)

# Por qué una sugerencia.
why-title = ¿Por qué?
why-headline = { $from } podría enviar { $what } a { $to }
why-lead = Una sugerencia, calculada { $ago }. Deciden las personas.
why-this = Por qué esto
why-not-more = Por qué no más
why-not-there = Por qué no de otro lugar
why-travel = Cómo viajaría
why-checked = Comprobado con un segundo cálculo. Número de control:
why-days-at = { $place }, días de { $item }
why-taker = En { $to }, { $item } alcanza ahora para { $before } días y después para { $after }.
why-giver = A { $from } le quedaría { $item } para { $after } días, y guarda { $keeps }.
why-needs =
    { $n ->
        [one] Responde a { $n } necesidad que { $to } declaró.
       *[other] Responde a { $n } necesidades que { $to } declaró.
    }
why-before = Ahora
why-after = Después
why-enough = Es todo lo que { $to } necesita por ahora.
why-no-others = Nadie más tiene por encima de lo que guarda.
why-not = Por qué no
why-spare = Aún podría dar
why-longer = El camino
why-not-farther = podría, pero está más lejos o tiene menos
why-not-nothing = no tiene nada por encima de lo que guarda
why-not-elsewhere = lo que puede dar va a otro lugar
why-not-full = lo que va allí está lleno
why-not-no-way = nada que pueda llevarlo llega a tiempo
why-unmet = Lo que nadie puede cubrir ahora
against-full = Lo que sale de { $from } a { $to } está lleno:
against-short-date = Una partida es buena solo { $days } después de llegar.
against-floor = { $from } baja hasta lo que guarda.
against-packs = Redondeado a paquetes enteros, menos
against-loss = Se pierde en el camino, por lo común:
suggestions-lead = Calculado con lo que se sabe aquí. No pasa nada hasta que las personas se ponen de acuerdo.
suggestion-yours = suya
unmet-open = Falta
unmet-in-the-way = Qué lo impide
unmet-no-stock = nadie tiene por encima de lo que guarda
unmet-shared-out = va a donde hace más falta
unmet-no-route = ninguna ruta lleva allí
unmet-nothing-cold = nada de lo que va allí lo mantiene frío
unmet-nothing-safe = nada de lo que va allí puede llevarlo
unmet-too-late = llegaría tarde
unmet-doors-shut = las puertas están cerradas esos días
unmet-dates = pasaría antes su fecha
unmet-full = lo que va allí está lleno
unmet-too-small = queda demasiado poco para el viaje
why-gone = Esta sugerencia ya no está al día. Lo que se sabe ha cambiado; mire las más nuevas.
why-not-now = Ahora no
why-not-less = podría, pero tiene menos por encima de lo que guarda
why-shorter = { $time } menos
why-longer-by = { $time } más
why-not-route-closed = la ruta desde allí está cerrada
against-route-closed = { $routes }; si estuviera abierta, el camino sería { $time } más corto
against-more-if-open = Podría venir más si estuviera abierta: { $routes }
